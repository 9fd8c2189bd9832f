"""Everything that an installation must not lose, in one archive, and back.

Invariants: a backup is taken while the product runs and is verified before it is called one; an archive that is broken,
foreign or newer than this program changes nothing; what a restore replaces is kept aside.
"""
