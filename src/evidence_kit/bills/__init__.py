"""Bills of Alipay and WeChat Pay: the rows that they list, each with its place in the file.

A bill is what the payment service wrote into a file that its owner then held: nothing in it is
signed, so its rows are what the file says and no more.
"""
