import { useTranslation } from 'react-i18next';
import { Page } from '@/components/page';
import { PasswordForm } from './password-form';
import { SecondFactor } from './second-factor';

export function SecurityPage() {
  const { t } = useTranslation();
  return (
    <Page title={t('security.title')} text={t('security.text')}>
      <PasswordForm />
      <SecondFactor />
    </Page>
  );
}
