"""Small previews of pictures that strangers made."""

import io
import warnings
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from PIL import Image

MEDIA_TYPES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
"""What is shown, and the one decoder that each is given to."""
MAX_SOURCE_BYTES = 64 << 20
_MAX_PIXELS = 50_000_000
_WIDTH_PX, _HEIGHT_PX = 360, 480
_QUALITY = 62


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """A small JPEG of a picture."""

    jpeg: bytes
    width_px: int
    height_px: int
    is_cropped: bool
    """True where only the upper part of a long picture is shown."""


def make_preview(content: bytes, media_type: str) -> Preview | None:
    """A preview of a picture; None where it is of no kind known, damaged, or too large to decode.

    Its name for itself does not choose the decoder, and its size is looked at before a pixel
    is decoded.

    Args:
        content: the picture's bytes.
        media_type: a key of `MEDIA_TYPES`.
    """
    from PIL import Image, ImageOps

    if len(content) > MAX_SOURCE_BYTES or media_type not in MEDIA_TYPES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=(MEDIA_TYPES[media_type],)) as picture:
                if picture.width * picture.height > _MAX_PIXELS:
                    return None
                # A JPEG is decoded at a fraction of its size; other kinds take no notice.
                picture.draft("RGB", (2 * _WIDTH_PX, 2 * _HEIGHT_PX))
                return _shrink(ImageOps.exif_transpose(picture))
    # The decoders raise whatever they come upon (struct.error, SyntaxError, KeyError …), and
    # a picture that can't be shown must not stop the report on the bundle that it is in.
    except Exception:
        return None


def _shrink(picture: "Image.Image") -> Preview:
    """The picture on white, as wide as a preview; of a long one, the upper part."""
    from PIL import Image

    shown_height = min(picture.height, max(1, picture.width * _HEIGHT_PX // _WIDTH_PX))
    part = picture.crop((0, 0, picture.width, shown_height)).convert("RGBA")
    part = part.resize(_fitting(*part.size), Image.Resampling.LANCZOS)
    flat = Image.new("RGB", part.size, "white")
    flat.paste(part, mask=part.getchannel("A"))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=_QUALITY)
    return Preview(
        jpeg=out.getvalue(),
        width_px=flat.width,
        height_px=flat.height,
        is_cropped=shown_height < picture.height,
    )


def _fitting(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, _WIDTH_PX / width, _HEIGHT_PX / height)
    return max(1, round(width * scale)), max(1, round(height * scale))
