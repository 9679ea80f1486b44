import { Textarea, type TextareaProps } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { parseJson, prettyJson } from '@/lib/json';

interface JsonEditorProps extends Omit<TextareaProps, 'value' | 'onChange' | 'error'> {
  value: unknown;
  onChange: (value: unknown) => void;
  /** Says what is wrong with a value that parses, or nothing. */
  check?: (value: unknown) => string | undefined;
  onValid?: (valid: boolean) => void;
  testId?: string;
}

/** Text that must be JSON. What doesn't parse stays on screen with the reason and is not handed on; empty text is no value. */
export function JsonEditor({ value, onChange, check, onValid, testId, ...rest }: JsonEditorProps) {
  const { t } = useTranslation();
  const [edit, setEdit] = useState({ text: prettyJson(value), value });
  const [error, setError] = useState<string>();
  // A value that came from elsewhere (undo, another node) replaces the text.
  if (value !== edit.value) {
    setEdit({ text: prettyJson(value), value });
    setError(undefined);
  }

  const change = (text: string) => {
    const parsed = text.trim() === '' ? ({ ok: true, value: undefined } as const) : parseJson(text);
    const problem = parsed.ok ? check?.(parsed.value) : t('json.invalid', { message: parsed.message });
    setError(problem);
    onValid?.(problem === undefined);
    const next = parsed.ok && problem === undefined ? parsed.value : edit.value;
    setEdit({ text, value: next });
    if (next !== edit.value) onChange(next);
  };

  return (
    <Textarea
      {...rest}
      autosize
      minRows={rest.minRows ?? 3}
      maxRows={rest.maxRows ?? 18}
      spellCheck={false}
      value={edit.text}
      onChange={(event) => change(event.currentTarget.value)}
      error={error}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } }}
      data-testid={testId}
    />
  );
}
