/** What a command says at its end, for people. */
@NullMarked
package io.github.gcrsync.cli.summary;

import org.jspecify.annotations.NullMarked;
