import { Button, Group } from '@mantine/core';
import { IconAdjustments, IconPlus } from '@tabler/icons-react';
import { Panel } from '@xyflow/react';
import { useTranslation } from 'react-i18next';

type Open = 'palette' | 'side' | undefined;

interface PanelSwitchesProps {
  open: Open;
  onOpen: (open: Open) => void;
  /** Whether there is a palette to show. */
  palette: boolean;
}

/** Where the panels have no room beside the canvas, these bring them over it. */
export function PanelSwitches({ open, onOpen, palette }: PanelSwitchesProps) {
  const { t } = useTranslation();
  const flip = (panel: 'palette' | 'side') => () => onOpen(open === panel ? undefined : panel);
  return (
    <>
      {palette && (
        <Panel position="top-left">
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={15} aria-hidden />}
            aria-expanded={open === 'palette'}
            onClick={flip('palette')}
            data-testid="open-palette"
          >
            {t('palette.title')}
          </Button>
        </Panel>
      )}
      <Panel position="top-right">
        <Group gap={6}>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconAdjustments size={15} aria-hidden />}
            aria-expanded={open === 'side'}
            onClick={flip('side')}
            data-testid="open-side"
          >
            {open === 'side' ? t('common.close') : t('designer.settings')}
          </Button>
        </Group>
      </Panel>
    </>
  );
}
