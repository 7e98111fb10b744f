"""The checks of a bundle and the verdict they lead to. None reaches the network."""
