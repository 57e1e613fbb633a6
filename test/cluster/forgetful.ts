import { statefulSet } from '../contract/manifests.ts';

/** A StatefulSet whose claims nobody provides here: its pods never start, and what it declares is all there is. */
export const forgetful = statefulSet({
  spec: {
    persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Retain' },
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'none-here',
          resources: { requests: { storage: '1Gi' } },
        },
      },
    ],
  },
});
