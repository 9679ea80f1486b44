import { Textarea, type TextareaProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { hasTemplate, parseJson, prettyJson } from '@/lib/json';
import { useEdited } from '@/lib/use-edited';

interface JsonEditorProps extends Omit<TextareaProps, 'value' | 'onChange' | 'error'> {
  value: unknown;
  onChange: (value: unknown) => void;
  /** Whether text that is no JSON and holds a template is a value too. */
  templates?: boolean;
  /** Says what is wrong with a value that parses, or nothing. */
  check?: (value: unknown) => string | undefined;
  onValid?: (valid: boolean) => void;
  'data-testid'?: string;
}

/** An editor for JSON. Invalid text stays on screen with an error and is not reported; empty text means no value. */
export function JsonEditor({ value, onChange, templates = false, check, onValid, ...rest }: JsonEditorProps) {
  const { t } = useTranslation();
  const [text, keep] = useEdited(value, (current) => (templates && hasTemplate(current) ? current : prettyJson(current)));
  const read = (edited: string): { value?: unknown; problem?: string } => {
    if (edited.trim() === '') return {};
    const parsed = parseJson(edited);
    if (!parsed.ok && templates && hasTemplate(edited)) return { value: edited };
    return parsed.ok ? { value: parsed.value, problem: check?.(parsed.value) } : { problem: t('json.invalid', { message: parsed.message }) };
  };

  const change = (edited: string) => {
    const next = read(edited);
    onValid?.(next.problem === undefined);
    if (next.problem === undefined) onChange(next.value);
    keep(edited, next.problem === undefined ? next.value : value);
  };

  return (
    <Textarea
      autosize
      minRows={3}
      maxRows={18}
      spellCheck={false}
      {...rest}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      error={read(text).problem}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } }}
    />
  );
}
