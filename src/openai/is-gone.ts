import { attempt } from '../core/attempt.ts';
import { type Fields, fieldsOf, sentenceOf, textOf } from './fields.ts';

/** What an error says of what is missing: its code and type, its parameter, its sentence. */
interface Told {
  readonly names: readonly string[];
  readonly param: string;
  readonly message: string;
}

/** Parameters and codes of things that come and go while the service lives. */
const passingParams =
  /^(thread_id|run_id|step_id|message_id|file_id|previous_response_id|response_id|conversation(_id)?)$/;
const passingCodes =
  /^(previous_response|response|conversation|thread|run|message|file|vector_store|container)_not_found$/;
const passing =
  '(thread|run|run step|message|response|previous response|conversation|item|file|vector store|container)';
/** A sentence about one of them from its beginning: what follows repeats an id, which a user may have written. */
const passingMessage = new RegExp(
  `^(?:404 )?(?:no |the )?${passing}(?: found)?(?: with| id|:? ['"\`])|\\bno ${passing} found\\b|\\b${passing}s?\\b(?! url)[^.]*\\b(not found|does not exist)\\b`,
  'i',
);

/** Codes for an endpoint, an assistant, a model or a deployment that was taken away. */
const retiredCodes =
  /^(unknown_url|endpoint_gone|invalid_url|api_removed|deprecated|model_not_found|DeploymentNotFound|assistant_not_found|prompt_not_found)$/;
const retiredMessage =
  /^(404 )?(invalid url|unknown request url|resource not found)|\bno assistant found\b|\b(assistant|agent|prompt|deployment|model)\b([^.]|\.(?=\S))*\b(not found|does not exist)\b|\b(deprecated|retired|sunset|shut down|no longer available)\b/i;
const retiredParams = /^(assistant_id|model)$/;

function toTold(error: Fields): Told {
  const names = [error.code, error.type].map((name) => textOf(name) ?? '');
  return { names, param: textOf(error.param) ?? '', message: sentenceOf(error) };
}

/** What codes and parameters say counts before sentences; undefined: nothing of it is known. */
function saysGone({ names, param, message }: Told): boolean | undefined {
  if (names.some((name) => retiredCodes.test(name)) || retiredParams.test(param)) return true;
  if (names.some((name) => passingCodes.test(name)) || passingParams.test(param)) return false;
  if (passingMessage.test(message)) return false;
  return retiredMessage.test(message) || undefined;
}

/**
 * Whether an error of the service says that the leg itself has gone: HTTP 410, or a 404 that names an endpoint, an assistant, a
 * model, a deployment or a prompt, by its code, its parameter or its sentence. One missing thread, run, message, response,
 * conversation or file is none of these, and a 404 that says nothing is not taken for one. For `RouteOptions.isGone`; never throws.
 */
export function isGone(error: unknown): boolean {
  const gone = attempt(() => {
    const fields = fieldsOf(error);
    const isMissing = fields.status === 404 || fields.status === 410;
    return isMissing && (saysGone(toTold(fields)) ?? fields.status === 410);
  });
  return gone ?? false;
}
