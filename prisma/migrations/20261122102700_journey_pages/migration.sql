-- What the page of a journey counts: who entered since when, and what was sent and not sent since when.
CREATE INDEX "enrollments_journey_entered_at_idx" ON "enrollments"("journey", "entered_at");
CREATE INDEX "decisions_messages_idx" ON "decisions"("journey", "last_at") WHERE "kind" IN ('sent', 'not_sent');
