/** Owns what is done to pictures in the browser: making them fit, small copies of them, base64. */

/** @typedef {import("./shapes.js").Picture} Picture */

// Lambda takes events up to 6 MiB. The picture is in the event as base64, a third larger, beside some headers.
const MOST_EVENT_BYTES = 6 * 1024 * 1024;
const ROOM_FOR_HEADERS = 4096;
export const MOST_PICTURE_BYTES = Math.floor(((MOST_EVENT_BYTES - ROOM_FOR_HEADERS) / 4) * 3);

const LONGEST_SIDE = 2048;
const QUALITY = 0.9;
const THUMBNAIL_SIDE = 96;

/**
 * Make a picture small enough to be sent; models look at far fewer pixels than are left.
 * @param {Picture} picture
 * @returns {Promise<Picture>}
 */
export async function shrink(picture) {
  const bitmap = await createImageBitmap(picture.blob);
  let side = LONGEST_SIDE;
  let blob = await drawn(bitmap, side, "image/jpeg");
  while (blob.size > MOST_PICTURE_BYTES && side > 64) {
    side /= 2;
    blob = await drawn(bitmap, side, "image/jpeg");
  }
  return { blob, name: picture.name.replace(/\.\w+$/, "") + ".jpg" };
}

/**
 * @param {Picture} picture
 * @returns {Promise<string | null>} a `data:` URL of a small copy; null where the browser cannot read the picture
 */
export async function thumbnail(picture) {
  try {
    const bitmap = await createImageBitmap(picture.blob);
    return asDataUrl(await drawn(bitmap, THUMBNAIL_SIDE, "image/webp"));
  } catch {
    return null;
  }
}

/** @param {Blob} blob @returns {Promise<string>} */
export async function asBase64(blob) {
  return (await asDataUrl(blob)).replace(/^[^,]*,/, "");
}

/** @param {Blob} blob @returns {Promise<string>} */
function asDataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** @param {ImageBitmap} bitmap @param {number} side @param {string} type @returns {Promise<Blob>} */
function drawn(bitmap, side, type) {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.imageSmoothingQuality = "high";
  if (type === "image/jpeg") {
    context.fillStyle = "white"; // JPEG knows no transparency, and would make black of it
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture cannot be drawn"))), type, QUALITY),
  );
}
