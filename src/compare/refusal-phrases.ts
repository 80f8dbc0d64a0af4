/** How models refuse, by language; small letters, plain apostrophes. A phrase has to say by itself that nothing is done. */
const phrases: Readonly<Record<string, readonly string[]>> = {
  en: [
    "i can't help with",
    "i can't assist",
    'i cannot help with',
    'i cannot assist',
    "i can't provide",
    'i cannot provide',
    "i'm unable to help",
    "i'm unable to assist",
    'i am unable to',
    "i'm not able to help",
    "i'm not able to assist",
    "i won't be able to help",
    "i can't comply",
    'i cannot comply',
    "i can't fulfill",
    'i cannot fulfill',
    'i must decline',
    "sorry, but i can't",
    'sorry, but i cannot',
    "sorry, i can't",
    'sorry, i cannot',
    'as an ai language model, i',
  ],
  de: [
    'dabei kann ich nicht helfen',
    'dabei kann ich leider nicht',
    'kann ich ihnen nicht helfen',
    'kann ich dir nicht helfen',
    'ich kann dabei nicht helfen',
    'ich kann ihnen dabei nicht helfen',
    'ich kann ihnen dabei leider nicht',
    'ich kann dir dabei nicht helfen',
    'ich kann dir dabei leider nicht',
    'tut mir leid, aber ich kann diese anfrage nicht',
    'tut mir leid, aber ich kann das nicht',
    'tut mir leid, ich kann nicht',
    'ich kann diese anfrage nicht',
  ],
  fr: [
    'je ne peux pas vous aider',
    "je ne peux pas t'aider",
    'je ne suis pas en mesure de',
    'désolé, mais je ne peux pas',
    'désolé, je ne peux pas',
  ],
  es: [
    'no puedo ayudarte',
    'no puedo ayudarle',
    'no puedo ayudar con',
    'lo siento, pero no puedo',
    'lo siento, no puedo',
  ],
  it: ['non posso aiutarti', 'non posso aiutarla', 'mi dispiace, ma non posso'],
  pt: ['não posso ajudar', 'não consigo ajudar', 'desculpe, mas não posso'],
  nl: [
    'daar kan ik niet mee helpen',
    'daar kan ik je niet mee helpen',
    'ik kan je daar niet mee helpen',
    'ik kan je daarbij niet helpen',
    'het spijt me, maar ik kan niet',
    'het spijt me, maar ik kan dat niet',
    'het spijt me, maar ik kan je niet',
  ],
  tr: ['yardımcı olamam', 'yardımcı olamayacağım', 'bu konuda yardımcı olamıyorum'],
  pl: ['nie mogę w tym pomóc', 'przykro mi, ale nie mogę'],
  ru: ['я не могу помочь', 'извините, но я не могу', 'к сожалению, я не могу'],
  zh: ['我无法提供', '我无法帮助', '我不能提供', '抱歉，我无法', '抱歉，我不能', '对不起，我不能'],
  ja: [
    'お手伝いできません',
    'お手伝いすることはできません',
    'お答えできません',
    'お答えすることはできません',
    'お応えできません',
    'お応えすることはできません',
    '提供できません',
    '提供することはできません',
    '対応できません',
    '対応することはできません',
    '対応いたしかねます',
    'お答えいたしかねます',
  ],
  ko: ['도와드릴 수 없', '도움을 드릴 수 없', '제공할 수 없'],
};

/** One expression for all of them: asking for each by itself takes several times as long. Phrases have no marks that mean something in it. */
const anyPhrase = new RegExp(Object.values(phrases).flat().join('|'));

/** A refusal says so first; later in a text the same words quote somebody. Characters. */
const headChars = 200;

/** Whether a reply begins with a refusal. */
export function isRefusal(text: string): boolean {
  const head = text.trimStart().slice(0, headChars).toLowerCase().replaceAll('’', "'");
  return anyPhrase.test(head);
}
