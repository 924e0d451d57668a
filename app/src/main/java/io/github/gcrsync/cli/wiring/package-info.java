/** Opens what the flags or a file describe: connections, stores, ledgers and mirrors. */
@NullMarked
package io.github.gcrsync.cli.wiring;

import org.jspecify.annotations.NullMarked;
