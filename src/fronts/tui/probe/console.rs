//! The glyphs of a Linux console's font.

use std::collections::HashSet;
use std::ffi::c_void;
use std::os::fd::AsFd;

use rustix::ioctl::{Ioctl, IoctlOutput, Opcode};

/// Most pairs that the kernel can be asked for: its count is 16 bits wide.
const PAIRS_MAX: u16 = u16::MAX;

/// The characters that the console's font has; `None` when `tty` is no Linux console.
pub(super) fn glyphs(tty: &impl AsFd) -> Option<HashSet<char>> {
    let mut pairs = vec![Pair::default(); usize::from(PAIRS_MAX)];
    let question = UnicodeMap {
        descriptor: Descriptor {
            count: PAIRS_MAX,
            entries: pairs.as_mut_ptr(),
        },
    };
    #[expect(
        unsafe_code,
        reason = "the kernel has no other way to list a font's glyphs: the descriptor names a \
                  live buffer and its true length, and the kernel writes no more than that"
    )]
    // SAFETY: `pairs` outlives the call and holds `PAIRS_MAX` pairs, as the descriptor says.
    let count = unsafe { rustix::ioctl::ioctl(tty, question) }.ok()?;
    let known = pairs.get(..usize::from(count))?;
    Some(
        known
            .iter()
            .filter_map(|pair| char::from_u32(u32::from(pair.unicode)))
            .collect(),
    )
}

/// `struct unipair` of linux/kd.h.
#[repr(C)]
#[derive(Copy, Clone, Default)]
struct Pair {
    unicode: u16,
    font_position: u16,
}

/// `struct unimapdesc` of linux/kd.h.
#[repr(C)]
struct Descriptor {
    count: u16,
    entries: *mut Pair,
}

/// `GIO_UNIMAP` of linux/kd.h: the console's map from Unicode to its font.
struct UnicodeMap {
    descriptor: Descriptor,
}

#[expect(
    unsafe_code,
    reason = "rustix asks implementors to vouch for the request's types"
)]
// SAFETY: the opcode and both structures are those of linux/kd.h.
unsafe impl Ioctl for UnicodeMap {
    type Output = u16;
    const IS_MUTATING: bool = true;

    fn opcode(&self) -> Opcode {
        const GIO_UNIMAP: Opcode = 0x4B66;
        GIO_UNIMAP
    }

    fn as_ptr(&mut self) -> *mut c_void {
        std::ptr::from_mut(&mut self.descriptor).cast()
    }

    unsafe fn output_from_ptr(_: IoctlOutput, answer: *mut c_void) -> rustix::io::Result<u16> {
        // SAFETY: `answer` is what `as_ptr` returned, and the kernel keeps it well-formed.
        Ok(unsafe { (*answer.cast::<Descriptor>()).count })
    }
}
