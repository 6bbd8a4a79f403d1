//! Derived types through memories and core values, with random values: what is lifted is what was
//! lowered, and no image makes anything panic.
//!
//! The layouts of single types are tested beside the library; here are types made of several, as a
//! program would write them, in all address types and encodings of strings.

use tabwasm::Trap;
use tabwasm::component::{
    AddressType, CanonicalOptions, LiftContext, LowerContext, MAX_FLAT_PARAMS, Realloc,
    StringEncoding,
};
use tabwasm_macros::{Lift, Lower};

#[derive(Lift, Lower, Debug, PartialEq)]
struct Person {
    name: String,
    age: Option<u8>,
    manners: Manners,
    likes: Vec<Thing>,
}

#[derive(Lift, Lower, Debug, PartialEq)]
enum Thing {
    Number(f64),
    Words(Vec<String>),
    Person(Box<(char, i16)>),
    Nothing,
    Outcome(Result<u64, Colour>),
}

#[derive(Lift, Lower, Debug, PartialEq)]
enum Colour {
    Red,
    Green,
    Blue,
}

#[derive(Lift, Lower, Debug, PartialEq)]
#[component(flags)]
struct Manners {
    polite: bool,
    quiet: bool,
    late: bool,
}

/// Numbers that look random and are the same every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 ^ self.0 >> 33
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn text(&mut self) -> String {
        let letters = ['a', 'é', 'ÿ', '€', '😀', '\0'];
        let among = self.below(letters.len() as u64) + 1;
        (0..self.below(6))
            .map(|_| letters[self.below(among) as usize])
            .collect()
    }

    fn thing(&mut self) -> Thing {
        match self.below(6) {
            0 => Thing::Number(self.next() as f64),
            1 => Thing::Words((0..self.below(4)).map(|_| self.text()).collect()),
            2 => Thing::Person(Box::new(('ß', self.next() as i16))),
            3 => Thing::Nothing,
            4 => Thing::Outcome(Ok(self.next())),
            _ => Thing::Outcome(Err([Colour::Red, Colour::Green, Colour::Blue]
                .into_iter()
                .nth(self.below(3) as usize)
                .unwrap())),
        }
    }

    fn person(&mut self) -> Person {
        Person {
            name: self.text(),
            age: (self.below(2) == 0).then(|| self.next() as u8),
            manners: Manners {
                polite: self.below(2) == 0,
                quiet: self.below(2) == 0,
                late: self.below(2) == 0,
            },
            likes: (0..self.below(4)).map(|_| self.thing()).collect(),
        }
    }
}

/// A guest that never gives memory back.
struct Guest {
    memory: Vec<u8>,
    next: usize,
}

impl Realloc for Guest {
    fn memory(&mut self) -> &mut [u8] {
        &mut self.memory
    }

    fn realloc(&mut self, old: u64, old_size: u64, align: u32, size: u64) -> Result<u64, Trap> {
        let at = self.next.next_multiple_of(align as usize);
        self.next = at + size as usize;
        let kept = old as usize..(old + old_size.min(size)) as usize;
        self.memory.copy_within(kept, at);
        Ok(at as u64)
    }
}

fn options() -> impl Iterator<Item = CanonicalOptions> {
    let encodings = StringEncoding::ALL;
    AddressType::ALL.into_iter().flat_map(move |address| {
        encodings
            .into_iter()
            .map(move |encoding| CanonicalOptions { address, encoding })
    })
}

#[test]
fn what_is_lifted_is_what_was_lowered() {
    let mut random = Random(1);
    for _ in 0..500 {
        let person = random.person();
        for options in options() {
            let mut guest = Guest {
                memory: vec![0xAA; 4096],
                next: 128,
            };
            let mut slots = [u64::MAX; MAX_FLAT_PARAMS];
            let mut cx = LowerContext::new(&mut guest, options);
            cx.store(&person, 16).unwrap();
            let count = cx.lower(&person, &mut slots, MAX_FLAT_PARAMS).unwrap();
            let cx = LiftContext::new(&guest.memory, options);
            assert_eq!(cx.load::<Person>(16).as_ref(), Ok(&person));
            assert_eq!(
                cx.lift::<Person>(&slots[..count], MAX_FLAT_PARAMS).as_ref(),
                Ok(&person)
            );
        }
    }
}

#[test]
fn no_image_makes_anything_panic() {
    let mut random = Random(2);
    let mut right = 0;
    for round in 0..20_000 {
        // Small numbers, so that some addresses and lengths are right.
        let most = [2, 4, 64, 256][round % 4];
        let memory: Vec<u8> = (0..256)
            .map(|_| {
                if random.below(3) > 0 {
                    0
                } else {
                    random.below(most) as u8
                }
            })
            .collect();
        let slots: [u64; MAX_FLAT_PARAMS] = std::array::from_fn(|_| match random.below(8) {
            0 => random.next(),
            _ => random.below(most),
        });
        for options in options() {
            let cx = LiftContext::new(&memory, options);
            right += usize::from(cx.load::<Person>(random.below(300)).is_ok());
            right += usize::from(
                cx.lift::<Thing>(&slots[..random.below(17) as usize], MAX_FLAT_PARAMS)
                    .is_ok(),
            );
        }
    }
    println!("{right} of them were values");
    assert!(right > 1000, "{right}");
}

#[test]
fn cases_that_there_are_not() {
    let cx = LiftContext::new(&[3, 0, 0xFF], CanonicalOptions::default());
    assert_eq!(cx.load::<Colour>(0), Err(Trap::InvalidDiscriminant));
    assert_eq!(cx.lift::<Colour>(&[3], 1), Err(Trap::InvalidDiscriminant));
    // What is beyond the last flag means nothing.
    let all = Manners {
        polite: true,
        quiet: true,
        late: true,
    };
    assert_eq!(cx.load::<Manners>(2), Ok(all));
}
