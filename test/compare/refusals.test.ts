import { describe, expect, it } from 'vitest';
import { divergence } from './comparing.ts';

/** How the candidate's reply stands to another answer of the same language. */
const refuses = async (reply: string): Promise<boolean> =>
  (await divergence('42.', reply)).notes.includes('refusal');

describe('a reply', () => {
  it.each([
    'I’m sorry, but I can’t help with that.',
    'I am unable to assist with this request.',
    'As an AI language model, I do not have access to that.',
    'Je ne suis pas en mesure de répondre à cette question.',
    'Es tut mir leid, aber ich kann dabei nicht helfen.',
    'Tut mir leid, aber ich kann Ihnen dabei leider nicht weiterhelfen.',
    'Het spijt me, maar ik kan je daar niet mee helpen.',
    'Üzgünüm, ancak bu konuda yardımcı olamam.',
    'Üzgünüm, ancak bu istekte yardımcı olamayacağım.',
    '申し訳ありませんが、そのリクエストにはお応えできません。',
    '申し訳ございませんが、お手伝いすることはできません。',
    '申し訳ありませんが、その情報は提供できません。',
  ])('refuses: %s', async (reply) => {
    expect(await refuses(reply)).toBe(true);
  });

  it.each([
    'I am unable to find any errors in your code: it does what it says.',
    'As an AI language model, I compared both texts, and they are the same.',
    'Je ne suis pas en mesure de trouver une erreur dans votre code.',
    'Tut mir leid, aber ich kann erst am Montag liefern.',
    'Het spijt me, maar ik kan pas maandag leveren.',
    'Üzgünüm, ancak siparişiniz pazartesi günü gelecek.',
    '申し訳ありませんが、納期は金曜日になります。',
    '申し訳ございませんが、少々お待ちください。',
  ])('is sorry and answers: %s', async (reply) => {
    expect(await refuses(reply)).toBe(false);
  });
});
