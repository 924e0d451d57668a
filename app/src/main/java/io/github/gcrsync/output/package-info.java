/** What a run shows while it goes on, and the reports of it afterwards. */
@NullMarked
package io.github.gcrsync.output;

import org.jspecify.annotations.NullMarked;
