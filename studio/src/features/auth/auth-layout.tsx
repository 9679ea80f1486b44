import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Logo } from '@/components/logo';
import classes from './auth-layout.module.css';

interface AuthLayoutProps {
  title: string;
  text: string;
  children: ReactNode;
}

export function AuthLayout({ title, text, children }: AuthLayoutProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.page}>
      <main className={classes.form}>
        <Stack gap="xl" w="100%" maw={380}>
          <Logo />
          <div>
            <Title order={1}>{title}</Title>
            <Text size="sm" c="var(--sf-muted)" mt={4}>
              {text}
            </Text>
          </div>
          {children}
        </Stack>
      </main>
      <aside className={classes.art} aria-hidden>
        <Picture />
        <p>{t('auth.promise')}</p>
      </aside>
    </div>
  );
}

/** A small workflow: one line in, two ways out. */
function Picture() {
  const lines = ['M150 130 C 210 130, 200 130, 250 130', 'M370 120 C 430 120, 410 60, 460 60', 'M370 140 C 430 140, 410 210, 460 210'];
  const cards = [
    { x: 30, y: 100, dot: '#f2b84b' },
    { x: 250, y: 100, dot: '#b9a2ee' },
    { x: 460, y: 30, dot: '#7fd6cc' },
    { x: 460, y: 180, dot: '#7fd6cc' },
  ];
  return (
    <svg viewBox="0 0 610 270" className={classes.picture}>
      {lines.map((line) => (
        <path key={line} d={line} className={classes.line} />
      ))}
      {cards.map(({ x, y, dot }) => (
        <g key={`${x},${y}`} transform={`translate(${x} ${y})`}>
          <rect width="120" height="60" rx="10" className={classes.card} />
          <circle cx="24" cy="30" r="9" fill={dot} />
          <rect x="44" y="21" width="58" height="6" rx="3" fill="#ffffff99" />
          <rect x="44" y="34" width="38" height="5" rx="2.5" fill="#ffffff55" />
        </g>
      ))}
    </svg>
  );
}
