import { Notification } from 'electron';
import type { NotificationText } from './notification-schedule.ts';

/** Native notifications, held until they are clicked or gone: else they would be collected, and a click do nothing. */
const held = new Set<Notification>();
const maxHeld = 20;

/** Shows it where the system can; a click brings the window to the front. */
export function showNotification({ title, body, urgent }: NotificationText, open: () => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title, body, urgency: urgent ? 'critical' : 'normal' });
  const forget = (): void => void held.delete(notification);
  held.add(notification);
  for (const oldest of held) if (held.size > maxHeld) held.delete(oldest);
  notification.on('close', forget);
  notification.on('click', () => {
    forget();
    open();
  });
  notification.show();
}
