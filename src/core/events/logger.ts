/** Where warnings go. `console`, pino and winston fit as they are. */
export interface Logger {
  warn(message: string): void;
}

/** Warnings as Node prints its own: on stderr, each with its type, through no listener of ours. */
export const processWarnings: Logger = {
  warn: (message) => process.emitWarning(message, 'CutoverWarning'),
};
