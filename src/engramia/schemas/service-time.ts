/** Writes a moment as the service's log does. It compares text, and a `T` in it would hide entries of the same day. */
export function serviceTime(moment: Date): string {
  return moment.toISOString().replace('T', ' ').replace('Z', '+00');
}
