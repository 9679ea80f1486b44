import { TextInput, type TextInputProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { hasTemplate } from '@/lib/json';
import { useEdited } from '@/lib/use-edited';

interface NumberInputProps extends Omit<TextInputProps, 'value' | 'onChange' | 'error'> {
  value: unknown;
  onChange: (value: unknown) => void;
}

/** A number, or a template that returns one. Any other text is kept as typed and marked as an error. */
export function NumberInput({ value, onChange, ...rest }: NumberInputProps) {
  const { t } = useTranslation();
  const [text, keep] = useEdited(value, (current) => (typeof current === 'number' || typeof current === 'string' ? String(current) : ''));
  const change = (edited: string) => {
    const number = Number(edited);
    const next = edited.trim() === '' ? undefined : Number.isFinite(number) ? number : edited;
    keep(edited, next);
    onChange(next);
  };
  const wrong = typeof value === 'string' && value !== '' && !hasTemplate(value);
  return (
    <TextInput
      {...rest}
      inputMode="decimal"
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      error={wrong && t('field.number')}
    />
  );
}
