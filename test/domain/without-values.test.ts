import { expect, test } from 'vitest';
import { withoutValues } from '../../src/domain/text/without-values.ts';

const hidden = '[not shown]';

test('of a pod template nothing leaves that anybody may have written a credential into', () => {
  const template = {
    metadata: { labels: { app: 'web' }, annotations: { note: 'x' } },
    spec: {
      containers: [
        {
          name: 'web',
          image: 'web:1',
          command: ['web', '--key=x'],
          args: ['--pass=x'],
          env: [
            { name: 'MODE', value: 'x' },
            { name: 'PASS', valueFrom: { secretKeyRef: { name: 'db', key: 'pass' } } },
          ],
          livenessProbe: {
            httpGet: { path: '/health?key=x', port: 80, httpHeaders: [{ name: 'X-Key', value: 'x' }] },
          },
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      tolerations: [{ key: 'spot', operator: 'Equal', value: 'yes' }],
      volumes: [
        { name: 'data', csi: { driver: 'files.example', volumeAttributes: { key: 'x' } } },
        { name: 'old', flexVolume: { driver: 'files.example/old', options: { key: 'x' } } },
        { name: 'conf', configMap: { name: 'web', items: [{ key: 'a', path: 'a.conf' }] } },
      ],
    },
  };
  expect(withoutValues(template)).toEqual({
    metadata: { labels: { app: 'web' }, annotations: { note: hidden } },
    spec: {
      containers: [
        {
          name: 'web',
          image: 'web:1',
          command: [hidden, hidden],
          args: [hidden],
          env: [
            { name: 'MODE', value: hidden },
            { name: 'PASS', valueFrom: { secretKeyRef: { name: 'db', key: 'pass' } } },
          ],
          livenessProbe: {
            httpGet: { path: hidden, port: 80, httpHeaders: [{ name: 'X-Key', value: hidden }] },
          },
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      tolerations: [{ key: 'spot', operator: 'Equal', value: 'yes' }],
      volumes: [
        { name: 'data', csi: { driver: 'files.example', volumeAttributes: { key: hidden } } },
        { name: 'old', flexVolume: { driver: 'files.example/old', options: { key: hidden } } },
        { name: 'conf', configMap: { name: 'web', items: [{ key: 'a', path: 'a.conf' }] } },
      ],
    },
  });
});
