import { Badge, Table, Text } from '@mantine/core';
import { IconMail, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { invitations, invitationsQuery, revokeInvitation } from '@/api/invitations';
import type { Invitation } from '@/api/types';
import { Ago } from '@/components/ago';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { Listing } from '@/components/listing';
import { RowAction } from '@/components/row-action';
import { formatDay } from '@/lib/format';

const colors: Record<Invitation['status'], string> = { open: 'tide', accepted: 'teal', revoked: 'gray', expired: 'gray', role_deleted: 'gray' };

export function Invitations({ page, onPage }: { page: number; onPage: (page: number) => void }) {
  const { t } = useTranslation();
  const query = useQuery(invitationsQuery(page));
  const [doomed, setDoomed] = useState<Invitation>();
  return (
    <>
      <Listing query={query} empty={{ icon: IconMail, title: t('people.noInvitations'), text: t('people.noInvitationsText') }} onPage={onPage}>
        {(items) => (
          <Table.ScrollContainer type="native" minWidth={700}>
            <Table verticalSpacing="sm" horizontalSpacing="md">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('auth.email')}</Table.Th>
                  <Table.Th w={140}>{t('people.role')}</Table.Th>
                  <Table.Th w={140}>{t('common.status')}</Table.Th>
                  <Table.Th w={140}>{t('people.invited')}</Table.Th>
                  <Table.Th w={140}>{t('people.expires')}</Table.Th>
                  <Table.Th w={56} />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((invitation) => (
                  <InvitationRow key={invitation.invitation_id} invitation={invitation} onRevoke={() => setDoomed(invitation)} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Listing>
      {doomed && (
        <ConfirmDialog
          title={t('people.revoke', { email: doomed.email })}
          text={t('people.revokeText')}
          action={t('people.revokeAction')}
          onConfirm={() => revokeInvitation(doomed.invitation_id)}
          touched={[invitations]}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

function InvitationRow({
  invitation: { email, role, role_name, status, created_at, expires_at },
  onRevoke,
}: {
  invitation: Invitation;
  onRevoke: () => void;
}) {
  const { t, i18n } = useTranslation();
  const open = status === 'open';
  return (
    <Table.Tr data-testid="invitation-row" data-status={status}>
      <Table.Td maw={280}>
        <Text size="sm" fw={600} truncate title={email}>
          {email}
        </Text>
      </Table.Td>
      <Table.Td>{t(`role.${role}`, role_name ?? role)}</Table.Td>
      <Table.Td>
        <Badge color={colors[status]}>{t(`people.statuses.${status}`)}</Badge>
      </Table.Td>
      <Table.Td className="muted">
        <Ago at={created_at} />
      </Table.Td>
      <Table.Td className="muted">{open && formatDay(expires_at, i18n.language)}</Table.Td>
      <Table.Td>
        {open && (
          <RowAction
            icon={IconTrash}
            tip={t('people.revokeAction')}
            label={t('people.revoke', { email })}
            onClick={onRevoke}
            testId="revoke-invitation"
          />
        )}
      </Table.Td>
    </Table.Tr>
  );
}
