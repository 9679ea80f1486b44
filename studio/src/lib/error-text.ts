import { ApiError } from '@/api/client';
import { formatTime } from './format';
import i18next from './i18n';

const titled = [0, 400, 401, 402, 403, 404, 409, 413, 429, 503] as const;
type Titled = (typeof titled)[number];

export interface ErrorText {
  title: string;
  message: string;
  /** The server's details: limit, use and reset time. */
  facts: [name: string, value: string][];
}

const notFacts = new Set(['reason', 'correlation_id', 'errors', 'warnings', 'node_validation_errors', 'is_valid', 'error_count', 'warning_count']);

const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

const factOf = (value: string | number | boolean) =>
  typeof value === 'string' && moment.test(value) ? formatTime(value, i18next.language) : String(value);

export function errorText(error: unknown): ErrorText {
  const { t } = i18next;
  if (!(error instanceof ApiError))
    return { title: t('error.title.unknown'), message: error instanceof Error ? error.message : String(error), facts: [] };
  const own = `error.reasons.${error.reason ?? ''}`;
  if (error.reason && i18next.exists(`${own}.text`)) return { title: t(`${own}.title`, ''), message: t(`${own}.text`, ''), facts: [] };
  const known = titled.find((status) => status === error.status);
  const title = known === undefined ? t('error.title.unknown') : t(`error.title.${known satisfies Titled}`);
  const message = error.status !== 0 ? error.message : error.code === 'CUT_OFF' ? t('error.cutOff') : t('error.unreachable');
  const facts = Object.entries(error.details).flatMap(([name, value]): [string, string][] =>
    notFacts.has(name) || value === null || typeof value === 'object'
      ? []
      : [[name.replaceAll('_', ' '), factOf(value as string | number | boolean)]],
  );
  return { title, message, facts };
}
