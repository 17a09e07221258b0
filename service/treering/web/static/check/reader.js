// Reads QR codes of a picture: by the browser's own BarcodeDetector where it has one, else by jsqr.

const WIDEST = 1600; // pixels: a larger picture is made smaller first

export class Reader {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.pencil = this.canvas.getContext("2d", { willReadFrequently: true });
  }

  // The text of a code in a video's frame or an ImageBitmap; null if there is none.
  async read(picture) {
    const [width, height] = [picture.videoWidth ?? picture.width, picture.videoHeight ?? picture.height];
    if (!width || !height) return null;
    const scale = Math.min(1, WIDEST / Math.max(width, height));
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.pencil.drawImage(picture, 0, 0, this.canvas.width, this.canvas.height);
    return (await this.decoder())();
  }

  // Found once; a detector that knows no QR codes, as some systems', is passed over.
  async decoder() {
    return (this.found ??= (await this.native()) ?? (await this.shipped()));
  }

  async native() {
    if (!("BarcodeDetector" in globalThis)) return null;
    const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
    if (!formats.includes("qr_code")) return null;
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async () => (await detector.detect(this.canvas).catch(() => []))[0]?.rawValue ?? null;
  }

  async shipped() {
    const { read } = await import("../vendor/jsqr.js");
    return () => {
      const { data, width, height } = this.pencil.getImageData(0, 0, this.canvas.width, this.canvas.height);
      return read(data, width, height)?.data || null;
    };
  }
}
