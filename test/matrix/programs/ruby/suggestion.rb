# A mistyped name: the interpreter's own suggestions are there.
class Account
  attr_reader :balance

  def initialize
    @balance = 10
  end
end

begin
  Account.new.balanse
rescue NoMethodError => e
  puts e.message.include?("undefined method `balanse'") || e.message.include?("undefined method 'balanse'")
  p e.respond_to?(:detailed_message) ? e.detailed_message.include?('Did you mean?  balance') : e.to_s.include?('Did you mean?  balance')
end
begin
  { first: 1 }.fetch(:frist)
rescue KeyError => e
  p e.did_you_mean? if e.respond_to?(:did_you_mean?)
  p e.corrections
end
STDOUT.flush
Aray.new
