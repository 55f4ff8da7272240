/** What a disk says of itself, and how it hangs on the machine. Everything that it says may be a lie, and any text. */
export type Hardware = {
  readonly vendor: string;
  readonly model: string;
  readonly serial: string;
  /** `null`: it hangs on no USB port. */
  readonly usb: UsbPlace | null;
};

export type UsbPlace = {
  /** Bus and ports from the root down, as "2-1.3": the physical port for as long as the cables stay. */
  readonly portPath: string;
  /** Counts from 0; a card reader with several slots has one for each. */
  readonly lun: number;
  /** Four lower-case hex digits. */
  readonly vendorId: string;
  readonly productId: string;
  /** Mbit/s, as negotiated. */
  readonly megabitsPerSecond: number;
  /** Class of each interface, two lower-case hex digits; "08" is mass storage. */
  readonly interfaceClasses: readonly string[];
};
