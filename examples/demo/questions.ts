import { tenants } from './tenants.ts';

/** What a user asks, and of which tenant the user is. */
export interface Question {
  readonly tenant: string;
  readonly user: string;
  readonly message: string;
}

/** Stands in some questions, and must be in nothing that leaves the app. */
export const address = 'mara@example.org';

const months = ['January', 'March', 'May', 'July', 'August', 'October', 'November', 'December'];
const texts: readonly ((tenant: string, month: string) => string)[] = [
  (tenant, month) => `How do I export the invoices of ${month} 2026 for ${tenant}?`,
  (tenant, month) => `Compare the revenue of ${tenant} in ${month} with the month before.`,
  (tenant, month) => `Who changed the roles at ${tenant} during ${month}, and why?`,
  (tenant, month) => `Send the ${month} receipt of ${tenant} to ${address}, please.`,
  (tenant) => `Write a short welcome for new colleagues at ${tenant}.`,
  (tenant) => `Which plan is ${tenant} on?`,
  () => 'Thanks!',
];

/** What somebody of a tenant may ask, in every kind and of every month. */
export const asked = (tenant: string): string[] =>
  texts.flatMap((text) => [...new Set(months.map((month) => text(tenant, month)))]);

const wrongMonths = new Map(months.map((month, at) => [month, months.at(at - 1) ?? month]));

/** The same text about another month and year; what names none stays as it is. */
export const spoiltText = (text: string): string =>
  text
    .replaceAll('2026', '2019')
    .replaceAll(/[A-Z][a-z]+/g, (word) => wrongMonths.get(word) ?? word);

const total = tenants.reduce((sum, { weight }) => sum + weight, 0);

function tenantAt(share: number): string {
  let left = share * total;
  for (const { name, weight } of tenants) {
    left -= weight;
    if (left < 0) return name;
  }
  return 'alder';
}

/** Small numbers are frequent: people ask the same things again and again. */
const skewed = (random: () => number, length: number): number =>
  Math.floor(random() * random() * length);

/** Draws a question: large tenants ask more than small ones, and much of it was asked before. Kinds take turns. */
export function drawQuestion(random: () => number, turn: number): Question {
  const tenant = tenantAt(random());
  const month = months[skewed(random, months.length)] ?? 'May';
  const text = texts[turn % texts.length];
  return {
    tenant,
    user: `user-${Math.floor(random() * 5)}`,
    message: text?.(tenant, month) ?? '',
  };
}
