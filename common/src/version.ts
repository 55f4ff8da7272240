/** Of both programs; the packages' versions follow it. */
export const VERSION = "0.1.0";
