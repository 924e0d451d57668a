package io.github.gcrsync.ledger;

import java.time.Clock;

final class MemoryLedgerTest extends LedgerContract {
    @Override
    protected Ledger empty(String rule, Clock now) {
        return new MemoryLedger(Sample.DESTINATION, Sample.SOURCE, rule, now);
    }
}
