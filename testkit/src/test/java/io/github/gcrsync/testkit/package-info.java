@NullMarked
package io.github.gcrsync.testkit;

import org.jspecify.annotations.NullMarked;
