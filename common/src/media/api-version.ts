/** What every definition begins with. */
export const API_VERSION = "stickfarm/v1";
