//! The words of the messages that go to employees' phones.
