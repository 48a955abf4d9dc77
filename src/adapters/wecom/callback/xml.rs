//! The flat XML of callbacks: one element, with texts inside.

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use zeroize::Zeroizing;

/// The most texts that are kept; real callbacks have about a dozen.
const MAX_FIELDS: usize = 64;
/// How deep elements may stand in each other; real ones go to four.
const MAX_DEPTH: usize = 8;

/// The texts right below the root, by their elements' names. Deeper ones are left out: nothing is
/// asked of them.
pub(super) struct Fields(Vec<(String, Zeroizing<String>)>);

impl Fields {
    /// Reads a body; `None` when it is not such XML, names an element twice, or would have
    /// anything expanded: there are no document types, and no entities but XML's own five.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let body = std::str::from_utf8(body).ok()?;
        let mut reader = Reader::from_str(body);
        let mut place = Place::default();
        let mut fields = Self(Vec::new());
        loop {
            match reader.read_event().ok()? {
                Event::Start(element) => {
                    place.enter()?;
                    if place.depth == 2 {
                        fields.begin(element.name().as_ref(), body.len())?;
                    }
                }
                Event::End(_) => place.leave(),
                Event::Empty(element) => {
                    place.enter()?;
                    if place.depth == 2 {
                        fields.begin(element.name().as_ref(), 0)?;
                    }
                    place.leave();
                }
                Event::Text(text) => fields.add(&place, &text.into_inner())?,
                Event::CData(text) => fields.add(&place, &text.into_inner())?,
                Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                    Some(character) => {
                        fields.add(&place, character.encode_utf8(&mut [0; 4]))?;
                    }
                    None => fields.add(&place, resolve_xml_entity(&reference.into_inner())?)?,
                },
                Event::Comment(_) => {}
                Event::Decl(_) if place.at_the_start() => {}
                Event::Decl(_) | Event::PI(_) | Event::DocType(_) => return None,
                Event::Eof => return place.at_the_end().then_some(fields),
            }
        }
    }

    /// The text of the element `name`.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut fields = self.0.iter();
        let (_, text) = fields.find(|(field, _)| field == name)?;
        Some(text)
    }

    /// A text may hold a password: it gets its room at once, so that no part of it is copied and
    /// left behind while it grows.
    fn begin(&mut self, name: &str, room: usize) -> Option<()> {
        let taken = self.0.len() >= MAX_FIELDS || self.get(name).is_some();
        let text = Zeroizing::new(String::with_capacity(room.min(MAX_ROOM)));
        (!taken).then(|| self.0.push((name.to_owned(), text)))
    }

    fn add(&mut self, place: &Place, text: &str) -> Option<()> {
        match place.depth {
            2 => self.0.last_mut()?.1.push_str(text),
            // Between elements there is only white space.
            0 | 1 if !text.trim_ascii().is_empty() => return None,
            _ => {}
        }
        Some(())
    }
}

/// Room for a text of WeCom's largest size.
const MAX_ROOM: usize = 4096;

/// Where in the XML the reader stands.
#[derive(Default)]
struct Place {
    depth: usize,
    roots: usize,
}

impl Place {
    fn enter(&mut self) -> Option<()> {
        if self.depth == 0 {
            self.roots = self.roots.saturating_add(1);
        }
        self.depth = self.depth.saturating_add(1);
        (self.depth <= MAX_DEPTH && self.roots == 1).then_some(())
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn at_the_start(&self) -> bool {
        self.roots == 0
    }

    fn at_the_end(&self) -> bool {
        self.depth == 0 && self.roots == 1
    }
}
