"""QR codes as a scanner reads them."""

import zxingcpp
from PIL import Image


def texts_in(picture: Image.Image) -> list[str]:
    """Of QR codes alone: codes of other kinds are found by chance in any fine pattern."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in found]
