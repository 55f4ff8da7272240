import type { OperatorAnswers } from "../grpc/operator-service.ts";
import { answerAgents, type MakeToken } from "./answer-agents.ts";
import { answerBoots } from "./answer-boots.ts";
import { answerBuilds } from "./answer-builds.ts";
import { answerCertificates } from "./answer-certificates.ts";
import { answerContents } from "./answer-contents.ts";
import { answerDistribution } from "./answer-distribution.ts";
import { answerDrives } from "./answer-drives.ts";
import { answerLocate } from "./answer-locate.ts";
import { answerMedia } from "./answer-media.ts";
import { answerPoints } from "./answer-points.ts";
import { answerSecrets } from "./answer-secrets.ts";
import { answerSticks } from "./answer-sticks.ts";
import { answerTaskSequences } from "./answer-task-sequences.ts";
import type { Farm } from "./farm.ts";

/** Everything that operators can ask of this farm. */
export function operatorAnswers(farm: Farm, makeToken: MakeToken): OperatorAnswers {
  return {
    ...answerContents(farm),
    ...answerPoints(farm),
    ...answerDistribution(farm),
    ...answerSecrets(farm),
    ...answerMedia(farm),
    ...answerTaskSequences(farm),
    ...answerCertificates(farm),
    ...answerBoots(farm),
    ...answerBuilds(farm),
    ...answerAgents(farm, makeToken),
    ...answerSticks(farm),
    ...answerDrives(farm),
    ...answerLocate(farm),
  };
}
