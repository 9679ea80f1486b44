/** The icons that descriptors may name. Each is imported by name, so that thousands of others stay out of the bundle. */
export {
  IconAlarm, IconApi, IconArrowMerge, IconArrowsJoin, IconArrowsSplit, IconArrowsSplit2, IconBell, IconBolt, IconBrandSlack, IconBrandWhatsapp,
  IconBrandYoutube, IconBraces, IconBroadcast, IconCalendar, IconCalendarTime, IconCheckbox, IconClock, IconClockHour4, IconClockPause, IconCode,
  IconCommand, IconDatabase, IconDownload, IconFilter, IconFlag, IconFlagCheck, IconFunction, IconGitBranch, IconGitFork, IconGitMerge, IconHash,
  IconHourglass, IconLogout,
  IconMail, IconMessage, IconMessage2, IconMessageCircle, IconMessageQuestion, IconMessages, IconNote, IconPlayerPause, IconPlayerPlay,
  IconPlayerStop, IconPuzzle, IconRefresh, IconRepeat, IconRocket, IconRoute, IconRoute2, IconSearch, IconSend, IconSettings, IconShieldCheck,
  IconSitemap, IconSwitch3, IconTable, IconTerminal, IconTerminal2, IconTransform, IconUpload, IconUserCheck, IconVariable, IconVariablePlus,
  IconWebhook, IconWorld, IconWorldWww,
} from '@tabler/icons-react'; // prettier-ignore
