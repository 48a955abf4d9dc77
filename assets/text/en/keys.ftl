# The keys in the bottom line.
key-choose = choose
key-go-on = go on
key-next-step = next step
key-next-field = next
key-to-start = back to the start
key-back = back
key-help = help
key-show = show
key-hide = hide
key-another-code = another code
key-nothing-came = nothing came?
key-old-password = I know my password
key-with-code = with a code
key-only-unlock = only unlock
key-phone = phone
key-close = close
