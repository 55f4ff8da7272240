/**
 * CRC-32 as GPT headers carry it: polynomial 0x04C11DB7 reflected, start and end inverted.
 *
 * Source: UEFI 2.10 section 5.3.2; ISO 3309.
 */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
