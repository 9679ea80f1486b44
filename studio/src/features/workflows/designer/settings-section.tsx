import { Select, Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { WorkflowSettings } from '@/api/types';
import type { Draft } from '@/canvas/draft';
import { WorkflowPicker } from '@/components/workflow-picker';
import { NumberInput } from '../config/number-input';
import type { Edit } from './use-draft';

interface SettingsSectionProps {
  workflowId: string;
  settings: Draft['settings'];
  edit: Edit;
}

const policies = ['queue', 'skip', 'cancel_oldest'] as const;

/** How many executions may run at once, and what follows when one fails. */
export function SettingsSection({ workflowId, settings, edit }: SettingsSectionProps) {
  const { t } = useTranslation();
  const change = (part: WorkflowSettings, field: string) =>
    edit((before) => ({ ...before, settings: { ...before.settings, ...part } }), `settings.${field}`);
  const { concurrency, on_failure } = settings;
  const policy = concurrency?.policy ?? 'queue';
  return (
    <Stack gap="sm" component="section" aria-label={t('settings.running')}>
      <Title order={3} fz="sm" fw={620}>
        {t('settings.running')}
      </Title>
      <NumberInput
        label={t('settings.limit')}
        description={t('settings.limitText')}
        placeholder={t('settings.noLimit')}
        value={concurrency?.limit}
        onChange={(limit) => change({ concurrency: typeof limit === 'number' ? { ...concurrency, limit } : undefined }, 'limit')}
        data-testid="settings-limit"
      />
      {concurrency && (
        <Select
          label={t('settings.policy')}
          description={t(`settings.policyTexts.${policy}`)}
          allowDeselect={false}
          data={policies.map((value) => ({ value, label: t(`settings.policies.${value}`) }))}
          value={policy}
          onChange={(next) => change({ concurrency: { ...concurrency, policy: policies.find((known) => known === next) } }, 'policy')}
          data-testid="settings-policy"
        />
      )}
      <WorkflowPicker
        label={t('settings.onFailure')}
        description={t('settings.onFailureText')}
        except={workflowId}
        value={on_failure}
        onChange={(key) => change({ on_failure: key }, 'on_failure')}
        data-testid="settings-on-failure"
      />
    </Stack>
  );
}
