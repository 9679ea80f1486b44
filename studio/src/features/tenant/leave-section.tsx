import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDoorExit } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { leaveTenant } from '@/api/members';
import { signOut } from '@/api/session';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { Section } from '@/components/section';
import { notifyDone } from '@/lib/notify';

export function LeaveSection({ name }: { name: string }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const router = useRouter();
  const [asking, { open, close }] = useDisclosure(false);
  const leave = async () => {
    await leaveTenant();
    // The session ended with the membership; this takes its cookies away too.
    await signOut().catch(() => undefined);
  };
  const left = () => {
    notifyDone(t('tenant.left', { name }));
    void router.navigate({ to: '/sign-in' }).then(() => queryClient.clear());
  };
  return (
    <Section title={t('tenant.leave')} text={t('tenant.leaveText')}>
      <Button variant="default" leftSection={<IconDoorExit size={16} aria-hidden />} onClick={open} data-testid="tenant-leave">
        {t('tenant.leaveAction')}
      </Button>
      {asking && (
        <ConfirmDialog
          title={t('tenant.leaveTitle', { name })}
          text={t('tenant.leaveText')}
          action={t('tenant.leaveAction')}
          onConfirm={leave}
          touched={[]}
          onClose={close}
          onDone={left}
        />
      )}
    </Section>
  );
}
