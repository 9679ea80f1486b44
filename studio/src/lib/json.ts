export type Parsed = { ok: true; value: unknown } | { ok: false; message: string };

export function parseJson(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON for reading: indented, empty text for nothing. */
export function prettyJson(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}

/** Reads a value typed into one line: as JSON if it is valid JSON, as text otherwise. */
export function valueOfText(text: string): unknown {
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : text;
}

/** The inverse of valueOfText: texts that would read as JSON are quoted. */
export function textOfValue(value: unknown): string {
  if (typeof value !== 'string') return value === undefined ? '' : JSON.stringify(value);
  return parseJson(value).ok ? JSON.stringify(value) : value;
}

export const hasTemplate = (value: unknown): value is string => typeof value === 'string' && value.includes('{{');
