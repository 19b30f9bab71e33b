# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Servers that fail in one known way, and the tables of what the doctor has to say of them."""
