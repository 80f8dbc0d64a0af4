/** Where a line of a sentence ends that did not fit: further ones are indented by six more. */
const broken = /^( *)(?=\S)(.{60,})\n\1 {6}(?=\S)/gm;

/** A printed report with its sentences on one line each. */
export function flowing(report: string): string {
  const joined = report.replace(broken, '$1$2 ');
  return joined === report ? report : flowing(joined);
}
