"""QR codes as pictures that travel within the page."""

from console.later import Later

segno = Later("segno")


def qr_picture(text: str, *, scale: int = 5, border: int = 4) -> str:
    """The text as a QR code: the address of an image that holds itself."""
    code = segno.make(text, error="m", micro=False)
    return str(code.svg_data_uri(scale=scale, border=border, dark="#000", light="#fff"))
