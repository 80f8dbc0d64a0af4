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
    'Tut mir leid, aber ich kann das nicht machen.',
    'Es tut mir leid, aber ich kann das nicht für Sie erledigen.',
    'Es tut mir leid, aber das kann ich nicht tun.',
    'Het spijt me, maar dat kan ik niet doen.',
    'Het spijt me, maar ik kan u daar niet bij helpen.',
    'Üzgünüm, ancak bu konuda yardımcı olamam.',
    'Üzgünüm, ancak bu istekte yardımcı olamayacağım.',
    '申し訳ありませんが、そのリクエストにはお応えできません。',
    '申し訳ございませんが、お手伝いすることはできません。',
    '申し訳ありませんが、その情報は提供できません。',
    'Sorry, but I can’t do that.',
    'I’m sorry, but I cannot fulfill this request.',
    'Sorry, I can’t help you with that.',
    'I’m sorry, but I can’t share that information.',
    'I’m sorry, but I can’t generate that content.',
    'I’m sorry, but I cannot engage in that discussion.',
    'Je suis désolé, mais je ne peux pas traiter cette demande.',
    'Lo siento, pero no puedo cumplir con esa solicitud.',
    'К сожалению, я не могу обсуждать эту тему.',
    '抱歉，我无法满足您的要求。',
    '对不起，我不能讨论这个话题。',
    'Désolé, mais je ne peux pas répondre à cette demande.',
    'Lo siento, pero no puedo responder a esa pregunta.',
    'Mi dispiace, ma non posso aiutarti con questa richiesta.',
    'Desculpe, mas não posso responder a essa pergunta.',
    'Przykro mi, ale nie mogę pomóc w tej sprawie.',
    'К сожалению, я не могу выполнить этот запрос.',
    '抱歉，我无法协助处理这个请求。',
    'Het spijt me, maar ik kan dit verzoek niet beantwoorden.',
    'Het spijt me, maar ik kan niet helpen met deze vraag.',
    'عذرًا، لا أستطيع المساعدة في ذلك.',
    'عذرًا، لا يمكنني تلبية هذا الطلب.',
    'מצטער, אני לא יכול לעזור בזה.',
    'क्षमा करें, मैं इसमें मदद नहीं कर सकता।',
    'ขออภัย ฉันไม่สามารถช่วยเรื่องนี้ได้',
    'Вибачте, але я не можу допомогти з цим.',
    'Xin lỗi, tôi không thể giúp với yêu cầu này.',
    'Maaf, saya tidak dapat membantu dengan permintaan itu.',
  ])('refuses: %s', async (reply) => {
    expect(await refuses(reply)).toBe(true);
  });

  it.each([
    'I am unable to find any errors in your code: it does what it says.',
    'As an AI language model, I compared both texts, and they are the same.',
    'Je ne suis pas en mesure de trouver une erreur dans votre code.',
    'I’m sorry, but I can’t find that order. Could you give me its number again?',
    'Sorry, I can’t see your attachment. Order 6 was shipped today.',
    'Désolé, mais je ne peux pas trouver la commande 5 : la 6 est partie hier.',
    'Lo siento, pero no puedo encontrar el pedido. ¿Me da el número?',
    'Mi dispiace, ma non posso trovare l’ordine senza il numero.',
    'Desculpe, mas não posso encontrar o pedido 5; o 6 já foi enviado.',
    'Przykro mi, ale nie mogę znaleźć zamówienia. Proszę podać numer.',
    'К сожалению, я не могу найти заказ 5, но заказ 6 уже в пути.',
    '抱歉，我无法找到该订单，请提供订单号。',
    'Tut mir leid, ich kann nicht erkennen, welche Bestellung Sie meinen.',
    'Tut mir leid, aber ich kann erst am Montag liefern.',
    'Het spijt me, maar ik kan pas maandag leveren.',
    'Üzgünüm, ancak siparişiniz pazartesi günü gelecek.',
    '申し訳ありませんが、納期は金曜日になります。',
    '申し訳ございませんが、少々お待ちください。',
    'Het spijt me, maar ik kan niet zien welke bestelling u bedoelt.',
    'Het spijt me, maar ik kan je niet vóór maandag terugbellen.',
    'Tut mir leid, aber ich kann das nicht genauer sagen: Die Bestellung kommt am Montag.',
    'Tut mir leid, aber ich kann das nicht für Montag zusagen: Die Bestellung kommt am Dienstag.',
    'عذرًا، لا أستطيع العثور على الطلب 5. هل يمكنك إعطائي رقمه؟',
    'מצטער, אני לא מוצא את ההזמנה. מה המספר שלה?',
    'क्षमा करें, मुझे यह ऑर्डर नहीं मिला। कृपया नंबर बताएं।',
    'ยานี้ไม่สามารถช่วยลดไข้ได้ ควรพบแพทย์',
  ])('is sorry and answers: %s', async (reply) => {
    expect(await refuses(reply)).toBe(false);
  });
});
