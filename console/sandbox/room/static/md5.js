// MD5 of a text's UTF-8 bytes, in lower-case hex. The class client signs its bodies with it and
// Web Crypto does not offer it. It protects nothing here; the session token does.

const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];
const SINES = Uint32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));

function padded(text) {
  const bytes = new TextEncoder().encode(text);
  const blocks = new Uint8Array(((bytes.length + 8) >> 6) * 64 + 64);
  blocks.set(bytes);
  blocks[bytes.length] = 0x80;
  const view = new DataView(blocks.buffer);
  view.setUint32(blocks.length - 8, (bytes.length << 3) >>> 0, true);
  view.setUint32(blocks.length - 4, Math.floor(bytes.length / 2 ** 29), true);
  return view;
}

function mixed(round, i, b, c, d) {
  switch (round) {
    case 0: return [(b & c) | (~b & d), i];
    case 1: return [(d & b) | (~d & c), (5 * i + 1) % 16];
    case 2: return [b ^ c ^ d, (3 * i + 5) % 16];
    default: return [c ^ (b | ~d), (7 * i) % 16];
  }
}

export function md5(text) {
  const view = padded(text);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < view.byteLength; at += 64) {
    let [a, b, c, d] = state;
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const [mix, word] = mixed(round, i, b, c, d);
      const sum = (a + mix + SINES[i] + view.getUint32(at + word * 4, true)) | 0;
      const shift = SHIFTS[round][i % 4];
      [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
    }
    [a, b, c, d].forEach((value, n) => { state[n] = (state[n] + value) | 0; });
  }
  const out = new DataView(new ArrayBuffer(16));
  state.forEach((value, n) => out.setInt32(n * 4, value, true));
  return Array.from(new Uint8Array(out.buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
