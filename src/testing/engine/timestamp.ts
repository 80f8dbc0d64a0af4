/** A moment as PostgreSQL prints it, and as the service compares it: as text, with a blank instead of `T`. */
export function timestamp(ms: number, micros = 0): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${String(micros).padStart(3, '0')}+00`;
}
