import { Alert, Button, Group, Modal, NumberInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { auditVerdictQuery, type Witness } from '@/api/audit';
import type { AuditVerdict } from '@/api/types';
import { CodeBlock } from '@/components/code-block';
import { ErrorNotice } from '@/components/error-notice';
import { Loading } from '@/components/page';

/** Recomputes the chain of hashes, and looks for a head that was kept elsewhere. */
export function VerifyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [witness, setWitness] = useState<Witness>();
  const { data, error, isFetching } = useQuery(auditVerdictQuery(witness));
  return (
    <Modal opened size="lg" onClose={onClose} title={t('audit.verifyTitle')}>
      <Stack>
        {error && <ErrorNotice error={error} />}
        {!data && !error && <Loading />}
        {data && <Verdict verdict={data} />}
        <WitnessForm loading={isFetching && witness !== undefined} onCheck={setWitness} />
      </Stack>
    </Modal>
  );
}

function Verdict({ verdict: { is_intact, head, first_broken, unsealed, witness_confirmed } }: { verdict: AuditVerdict }) {
  const { t } = useTranslation();
  const good = is_intact && witness_confirmed !== false;
  return (
    <Stack gap="sm" data-testid="audit-verdict" data-intact={is_intact} data-witness={witness_confirmed ?? undefined}>
      <Alert
        color={good ? 'teal' : 'red'}
        icon={good ? <IconShieldCheck aria-hidden /> : <IconAlertTriangle aria-hidden />}
        title={is_intact ? t('audit.intact') : t('audit.broken')}
        role="status"
      >
        {first_broken ? t(`audit.problems.${first_broken.problem}`, { number: first_broken.number }) : t('audit.intactText', { count: head.number })}
        {unsealed.length > 0 && ` ${t('audit.unsealedCount', { count: unsealed.length })}`}
        {witness_confirmed === true && ` ${t('audit.witnessFound')}`}
        {witness_confirmed === false && ` ${t('audit.witnessLost')}`}
      </Alert>
      <Text size="sm">{t('audit.headText')}</Text>
      <CodeBlock text={`${head.number} ${head.hash}`} testId="audit-head" />
    </Stack>
  );
}

function WitnessForm({ loading, onCheck }: { loading: boolean; onCheck: (witness: Witness) => void }) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { number: '' as number | '', hash: '' },
    validate: {
      number: (number) => (number === '' ? t('audit.witnessNeeded') : null),
      hash: (hash) => (/^[0-9a-f]{64}$/i.test(hash.trim()) ? null : t('audit.witnessNeeded')),
    },
  });
  return (
    <form onSubmit={form.onSubmit(({ number, hash }) => onCheck({ number: Number(number), hash: hash.trim() }))} noValidate>
      <Stack gap="xs">
        <Title order={3} fz="sm">
          {t('audit.witness')}
        </Title>
        <Group align="flex-start">
          <NumberInput
            w={130}
            label={t('audit.witnessNumber')}
            min={0}
            allowDecimal={false}
            hideControls
            data-testid="witness-number"
            {...form.getInputProps('number')}
          />
          <TextInput
            flex="1 1 240px"
            label={t('audit.witnessHash')}
            classNames={{ input: 'mono' }}
            data-testid="witness-hash"
            {...form.getInputProps('hash')}
          />
        </Group>
        <Group justify="flex-end">
          <Button type="submit" variant="default" loading={loading} data-testid="witness-submit">
            {t('audit.witnessCheck')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
