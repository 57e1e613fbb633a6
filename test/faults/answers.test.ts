import { describeAnswersContract } from '../contract/cluster.ts';
import { simulatedWorld } from '../contract/simulated-world.ts';

describeAnswersContract('the Kubernetes adapter on the simulated API server', simulatedWorld);
