import { IconKey } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { apiKeys, apiKeysQuery, revokeApiKey } from '@/api/api-keys';
import type { ApiKey } from '@/api/types';
import { ConfirmDialog } from '../confirm-dialog';
import { Listing } from '../listing';
import { ApiKeyTable } from './api-key-table';

interface ApiKeysProps {
  /** A service account; without it the keys are one's own. */
  owner?: string;
  page: number;
  onPage: (page: number) => void;
}

/** Somebody's keys, to be looked through and revoked. */
export function ApiKeys({ owner, page, onPage }: ApiKeysProps) {
  const { t } = useTranslation();
  const query = useQuery(apiKeysQuery(page, owner));
  const [doomed, setDoomed] = useState<ApiKey>();
  const empty = { icon: IconKey, title: t('apiKeys.none'), text: owner === undefined ? t('apiKeys.noneText') : t('apiKeys.noneTextFor') };
  return (
    <>
      <Listing query={query} empty={empty} onPage={onPage}>
        {(items) => <ApiKeyTable items={items} onRevoke={setDoomed} />}
      </Listing>
      {doomed && (
        <ConfirmDialog
          title={t('apiKeys.revoke', { name: doomed.name })}
          text={t('apiKeys.revokeText')}
          action={t('apiKeys.revokeAction')}
          onConfirm={() => revokeApiKey(doomed.api_key_id)}
          touched={[apiKeys]}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}
