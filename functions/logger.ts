import { Logger } from '@aws-lambda-powertools/logger';
import { plainStrings } from '../shared/core/plain-text.ts';

/** Logger of a function: text of strangers is plain in every line. */
export const loggerOf = (serviceName: string): Logger =>
  new Logger({ serviceName, jsonReplacerFn: plainStrings });
